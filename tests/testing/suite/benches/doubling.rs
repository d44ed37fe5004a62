//! A benchmark, for `unpoison test-runner --bench`.

use wasm_bindgen_test::{wasm_bindgen_bench, Criterion};

#[wasm_bindgen_bench]
fn doubling(criterion: &mut Criterion) {
    let mut quick = std::mem::take(criterion)
        .sample_size(10)
        .nresamples(2000)
        .warm_up_time(std::time::Duration::from_millis(20))
        .measurement_time(std::time::Duration::from_millis(50));
    quick.bench_function("double", |bencher| bencher.iter(|| suite::double(21)));
}
