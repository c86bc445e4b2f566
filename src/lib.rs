//! Dateline polls press-release wires, keeps every release once in SQLite, and re-emits filtered feeds.
//!
//! **Two spines meet at SQLite and nowhere else**: *ingest* writes what the wires said, *emit* reads what an output asked for;
//! everything that decides is a pure function in between.
//!
//! ```text
//!  clock ─ now ┐
//!              ▼
//!  due ─► fetch ─► parse ─► normalize ─► admit { recall ─► judge ─► write }     INGEST (concurrent up to admit, then one lane)
//!                                                   │
//!                                               [ SQLite ]                      STORE  (1 writer connection, N readers)
//!                                                   │
//!  client ◄─ respond ◄─ render ◄──────────────── select                         EMIT   (reads only, never fetches)
//! ```
//!
//! # The words
//! A **source** is a feed that we poll; its **wire** is the distributor behind it. A **poll** is one attempt to read one source. An
//! **item** is what the feed said; a **draft** is what we understood; an **article** is what we keep. A **sighting** is one
//! source showing one article. A **verdict** is what the judge said of a draft, and names its stage. A **story** holds the
//! translations of one release. An **output** is a feed that we re-emit.
//!
//! # A poll, step by step
//! 1. [`daemon::run`] asks the store which sources are due, whenever something comes due, and starts [`ingest::poll`], bounded in all and
//!    paced per site ([`ingest::schedule::pace`]).
//! 2. [`ingest::fetch`] asks with both validators, through [`ingest::guard`], within every limit.
//! 3. [`ingest::parse`] turns bytes into items, off the async threads; one bad item costs itself, not the feed.
//! 4. [`ingest::normalize`] turns items into drafts, with [`text`], [`wire`] and [`release`].
//! 5. [`ingest::schedule::decide`] says when to poll next and why, and whether anything may have been lost since the last poll.
//! 6. [`store::Store::admit`] recalls what shares a key, a name or a shingle, lets [`dedup::judge_reading`] decide, and writes articles,
//!    sightings, validators, next due time, the poll row and the members of outputs together, in one `BEGIN IMMEDIATE` transaction that polls
//!    which wait behind it may share. Polls that brought nothing are written many at once.
//!
//! # A request, step by step
//! 1. [`emit::serve`] accepts, with a cap on connections and a time-out on headers.
//! 2. Tokens and the rate of its address say whether it may ask.
//! 3. [`emit::publish`] reads the output's members ([`store::Store::listing`]) and renders them: same rows, same bytes, same `ETag`. A document
//!    in which nothing has changed is kept.
//! 4. The reader gets 304 or the bytes, in the coding that it likes best.
//!
//! # A push, step by step
//! [`websub`] keeps who subscribed, hears of every change of the store, and sends each what it has not taken, rendered as for a request.
//!
//! # A full text, step by step
//! 1. [`store::Store::admit`] queues the page of a new article whose source wants that, in the poll's own transaction.
//! 2. [`daemon::run`] starts [`ingest::full_text::read_page`] in the gaps that polls leave to a site: one step, a robots.txt or a page.
//! 3. [`ingest::robots`] says whether it may be asked, [`ingest::extract`] takes the text out of the page, [`ingest::normalize`] understands it.
//! 4. [`store::Store::keep_page`] shows it as a version of the same edition, and lets [`dedup::judge_reading`] decide again.
//!
//! # Promises, and the test that keeps each
//! | promise | test |
//! |---|---|
//! | nothing is lost or doubled by `kill -9` | `killed_in_the_middle_of_a_poll_nothing_is_lost_and_nothing_doubled` |
//! | two polls of one story give one article | `polls_that_bring_one_story_at_once_make_one_article` |
//! | judging a batch twice adds nothing | `judging_a_batch_twice_adds_nothing` |
//! | what is one release, and what is not | `stories`, over `tests/fixtures/stories` |
//! | what is one release does not depend on who is polled first | `stories_told_in_any_order_end_alike` |
//! | copies are grouped alike in whatever order they come | `copies_are_grouped_alike_in_whatever_order_they_come` |
//! | what the store finds look-alikes by stays readable | `stored_values_stay` |
//! | a text that repeats itself costs no more than a long one | `a_text_that_repeats_itself_costs_no_more_than_a_long_one` |
//! | ids that are lost, mended or changed double nothing | `a_feed_that_loses_its_guids_and_mends_them_doubles_nothing` |
//! | what was purged does not come back as new | `what_was_purged_is_seen_when_it_is_shown_again` |
//! | a purge leaves nothing of what it removes | `a_purge_leaves_no_row_of_what_it_removed` |
//! | a correction or withdrawal reaches every output | `a_withdrawal_reaches_the_outputs_that_carried_the_release` |
//! | what a person split or merged stays so | `two_articles_become_one_and_two_again` |
//! | a reader of changes hears each once | `polls_at_once_and_a_cursor_reader_each_article_is_seen_once` |
//! | nor does it miss any after a power cut | `a_reader_misses_nothing_after_a_power_cut_that_took_back_what_it_had_heard` |
//! | what an output carried it carries on | `an_output_holds_what_fits_and_carries_on_what_it_carried` |
//! | a subscriber is sent each change once, or again until it takes it | `what_a_subscriber_did_not_take_is_sent_again_with_what_came_since_and_survives_a_restart` |
//! | nobody is subscribed by somebody else | `nobody_is_subscribed_who_does_not_say_so_himself` |
//! | a document is rendered once for all who ask at once | `of_all_who_ask_at_once_one_renders` |
//! | an output and its archive are all that it holds | `archive_pages_and_the_newest_are_everything_and_full_pages_stay` |
//! | a private output is for those with a token | `an_output_with_tokens_is_for_their_holders` |
//! | an embargo ends when its hour comes | `an_embargo_ends_by_the_clock_whether_or_not_the_item_is_seen_again` |
//! | a rebuilt store gives the same entry ids | `a_store_built_again_gives_the_same_ids` |
//! | a filter means the same in memory and in SQL | `a_filter_holds_the_same_articles_in_memory_and_in_the_store` |
//! | a matcher of many filters tells what each tells by itself | `a_matcher_gives_exactly_the_filters_that_hold` |
//! | a search that an index can carry is carried | `a_search_by_symbol_text_time_or_number_is_carried_by_its_index` |
//! | no statement reads the whole of a table that grows | `no_statement_reads_the_whole_of_a_table_that_grows` |
//! | what a schedule could keep is kept | `what_can_be_kept_is_kept_and_read_sooner_than_at_a_fixed_interval` |
//! | a source is not asked before its server allows | `what_a_publisher_asks_is_a_floor_and_no_more_than_the_ceiling` |
//! | a restart asks nobody earlier | `a_start_asks_nobody_earlier_and_spreads_what_is_due` |
//! | no source is given up for good | `nothing_is_given_up_for_good` |
//! | no request to a private address | `every_way_to_write_an_inner_address_is_refused` |
//! | a name that changes its answer gets us no further | `a_name_that_flips_to_an_inner_address_is_asked_once_a_connection_and_refused` |
//! | servers that keep us waiting keep nobody else waiting | `slow_sources_leave_most_of_the_places_to_the_others` |
//! | sources of one host are polled in order, and none is left out | `sources_of_one_host_are_polled_one_by_one_in_the_order_of_their_due_times` |
//! | a hostile document costs only itself | `a_mutated_feed_never_panics` |
//! | what we write as ninjs is ninjs | `whatever_an_article_holds_its_document_validates` |
//! | a hostile page costs only itself | `a_mutated_page_never_panics_and_gives_no_active_content` |
//! | a page that stands before a text is no text | `a_page_that_stands_before_a_text_is_no_text` |
//! | what is mended is well-formed | `whatever_is_mended_is_well_formed_and_needs_no_mending` |
//! | what careless tools write costs no item | `what_careless_tools_write_costs_no_item` |
//! | an article holds what its feed shows | `whatever_a_person_can_see_in_an_item_is_in_the_article` |
//! | a page is asked only as its server allows | `a_site_is_asked_for_what_it_allows_and_all_of_it_is_read_or_classed` |
//! | a teaser is out before its page is asked | `a_teaser_is_out_before_its_page_is_asked_and_the_whole_text_follows_as_its_rights_allow` |
//! | nothing but the release becomes its text | `what_is_not_the_page_of_the_release_never_becomes_its_text` |
//! | a bad source never stops another | `whatever_a_source_sends_is_one_line_and_a_row_and_the_others_go_on` |
//! | no script in what we emit | `pages_hold_no_active_content_whatever_the_wire_wrote` |
//! | a page tells no secret, and no more than outputs may | `no_page_tells_a_secret_or_what_its_source_keeps_back` |
//! | every page is whole on a phone and a desk | `a_browser_shows_every_page_whole_on_a_phone_and_a_desk_in_both_schemes` |
//! | a restart loses no connection | `a_socket_that_is_handed_over_is_served_and_loses_nobody_over_a_restart` |
//! | what was accepted is answered | `a_connection_that_was_accepted_just_before_the_end_is_answered` |
//! | a bad configuration changes nothing | `a_reload_of_a_bad_configuration_is_refused_with_its_problems_and_the_one_before_holds` |
//! | a daemon that hears of nobody is not ready | `it_is_ready_once_each_tier_has_answered_and_while_the_writer_does` |
//! | what is measured is what happened | `what_polls_and_readers_did_is_in_the_metrics` |
//! | a daemon that hangs is seen | `the_watchdog_is_fed_only_while_the_writer_of_the_store_answers` |
//! | a full disk keeps nothing half-written | `a_full_disk_keeps_nothing_of_the_poll_and_the_store_goes_on` |
//! | a disk that fills up and empties costs no release | `a_disk_that_fills_up_is_told_of_and_costs_no_release_and_no_restart` |
//! | a store that is moved from under the daemon costs no release | `a_store_that_is_moved_away_and_back_is_told_of_and_costs_no_release` |
//! | a clock that is set silences nobody | `a_clock_that_is_set_a_day_forward_and_an_hour_back_silences_nobody_and_doubles_nothing` |
//! | a backup is whole, and a restore loses nothing | `a_backup_holds_what_the_store_held_and_is_put_back_over_what_came_since` |
//! | readers never wait for the writer | `eight_readers_beside_a_writer_never_find_the_store_busy` |
//! | rooms use only earlier rooms | `rooms_use_only_earlier_rooms_and_foreign_crates_have_one_home` |
//! | this table is true | `every_promise_names_a_test_that_exists` |
//!
//! # Deliberately absent
//! A workspace, ports and mocks, a task per source, channels between stages, an ORM, global configuration, plugins, sleeping tests.
//!
//! # The rooms, in reading order: each uses only earlier ones
#![cfg_attr(test, allow(clippy::print_stdout, clippy::print_stderr))]

pub mod clock;
pub mod article;
pub mod text;
pub mod wire;
pub mod release;
pub mod crontab;
pub mod filter;
pub mod dedup;
pub mod config;
pub mod telemetry;
pub mod store;
pub mod ingest;
pub mod emit;
pub mod websub;
pub mod systemd;
pub mod daemon;
pub mod demo;
pub mod cli;
