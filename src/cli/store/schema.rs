//! `store schema`.

use clap::Args;

use super::super::answer::{Exit, Failure, print, print_json, table};
use crate::store::{self, View};

#[derive(Debug, Args)]
pub(in crate::cli) struct SchemaArgs {
    /// These views alone [default: all]
    views: Vec<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// The statements that make tables, indexes and views, with their comments
    #[arg(long, conflicts_with_all = ["json", "views"])]
    sql: bool,
}

pub(super) async fn schema(args: &SchemaArgs) -> Result<Exit, Failure> {
    let (views, statements) = store::schema().await?;
    if args.sql {
        print(&statements.join("\n\n"))?;
        return Ok(Exit::Ok);
    }
    let known = |name: &&String| views.iter().any(|view| view.name == **name);
    if let Some(unknown) = args.views.iter().find(|name| !known(name)) {
        let all: Vec<&str> = views.iter().map(|view| view.name.as_str()).collect();
        return Err(Failure::new(
            Exit::Usage,
            format!("there is no view {unknown}; there are {}", all.join(", ")),
        ));
    }
    let asked: Vec<&View> = views
        .iter()
        .filter(|view| args.views.is_empty() || args.views.contains(&view.name))
        .collect();
    if args.json {
        print_json(&asked)?;
    } else {
        let told: Vec<String> = asked.into_iter().map(text).collect();
        print(&told.join("\n\n"))?;
    }
    Ok(Exit::Ok)
}

fn text(view: &View) -> String {
    let rows = view.columns.iter().map(|column| {
        vec![
            column.name.clone(),
            column.unit.clone().unwrap_or_default(),
            column.about.clone(),
        ]
    });
    format!(
        "{}: {}\n{}",
        view.name,
        view.about,
        table(&["column", "unit", "what"], rows)
    )
}
