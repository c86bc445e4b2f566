//! What each pure stage costs beside a floor or a peer, in the same run. Read the ratio, not the times.

mod press;
mod stage;

use criterion::{Criterion, Throughput};

use self::stage::{Failure, STAGES};

fn main() -> Result<(), Failure> {
    let mut criterion = Criterion::default().configure_from_args();
    for row in STAGES {
        let pair = (row.make)()?;
        let mut group = criterion.benchmark_group(row.name);
        group.throughput(Throughput::Elements(pair.items as u64));
        group.bench_function(row.beside, |b| b.iter(&pair.beside));
        group.bench_function(row.name, |b| b.iter(&pair.stage));
        group.finish();
    }
    criterion.final_summary();
    Ok(())
}
