//! The work as a native extension of Python: no sandbox, nothing to recover.

use pyo3::prelude::*;

#[pymodule]
mod work_pyo3 {
    use pyo3::buffer::PyBuffer;
    use pyo3::exceptions::PyValueError;
    use pyo3::prelude::*;
    use pyo3::sync::PyOnceLock;
    use pyo3::types::{PyBytes, PyCFunction, PyDict, PyTuple};
    use work::Guard;

    static HOST: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    static HOST_TEXT: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    static HOST_FAILS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    static ARRAY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        let array = module.py().import("array")?.getattr("array")?;
        ARRAY.get_or_init(module.py(), || array.unbind());
        Ok(())
    }

    /// Say which Python functions the calls into the host are.
    #[pyfunction]
    fn set_host(py: Python<'_>, host: Py<PyAny>, text: Py<PyAny>, fails: Py<PyAny>) {
        HOST.get_or_init(py, || host);
        HOST_TEXT.get_or_init(py, || text);
        HOST_FAILS.get_or_init(py, || fails);
    }

    #[pyfunction]
    fn bump() -> u32 {
        work::bump()
    }

    #[pyfunction]
    fn add(left: i32, right: i32) -> i32 {
        work::add(left, right)
    }

    #[pyfunction]
    fn text(text: &str) -> String {
        work::text(text)
    }

    #[pyfunction]
    fn blob(data: &[u8]) -> Vec<u8> {
        work::blob(data)
    }

    /// The quickest way to and from array.array: its buffer in, its constructor out.
    #[pyfunction]
    fn doubled<'py>(py: Python<'py>, values: PyBuffer<f64>) -> PyResult<Bound<'py, PyAny>> {
        let mut copy = vec![0.0; values.item_count()];
        values.copy_to_slice(py, &mut copy)?;
        let result = work::doubled(&copy);
        // SAFETY: any f64 is eight initialised bytes.
        let raw = unsafe {
            std::slice::from_raw_parts(result.as_ptr().cast::<u8>(), result.len() * 8)
        };
        let array = ARRAY.get(py).expect("set by init");
        array.bind(py).call1(("d", PyBytes::new(py, raw)))
    }

    #[pyfunction]
    #[pyo3(signature = (number))]
    fn half(number: Option<f64>) -> Option<f64> {
        work::half(number)
    }

    #[pyfunction]
    fn even(number: u32) -> PyResult<u32> {
        work::even(number).map_err(PyValueError::new_err)
    }

    #[pyfunction]
    fn boom() {
        work::boom();
    }

    #[pyfunction]
    fn set_quiet(quiet: bool) {
        work::set_quiet(quiet);
    }

    #[pyfunction]
    fn call_host(py: Python<'_>, n: u32) -> PyResult<u32> {
        let _guard = Guard;
        let host = HOST.get(py).expect("set_host was called");
        host.bind(py).call1((n,))?.extract()
    }

    #[pyfunction]
    fn call_host_text(py: Python<'_>, text: &str) -> PyResult<String> {
        let _guard = Guard;
        let host = HOST_TEXT.get(py).expect("set_host was called");
        host.bind(py).call1((text,))?.extract()
    }

    #[pyfunction]
    fn call_host_fails(py: Python<'_>) -> PyResult<()> {
        let _guard = Guard;
        let host = HOST_FAILS.get(py).expect("set_host was called");
        host.bind(py).call0()?;
        Ok(())
    }

    #[pyfunction]
    fn apply(function: &Bound<'_, PyAny>, number: f64) -> PyResult<f64> {
        let _guard = Guard;
        function.call1((number,))?.extract()
    }

    #[pyfunction]
    fn adder(py: Python<'_>, by: f64) -> PyResult<Bound<'_, PyCFunction>> {
        let add = move |given: &Bound<'_, PyTuple>, _: Option<&Bound<'_, PyDict>>| {
            given.extract::<(f64,)>().map(|(number,)| number + by)
        };
        PyCFunction::new_closure(py, None, None, add)
    }

    #[pyclass]
    #[derive(Default)]
    struct Acc(work::Acc);

    #[pymethods]
    impl Acc {
        #[new]
        fn new() -> Acc {
            Acc::default()
        }

        fn push(&mut self, number: f64) -> f64 {
            self.0.push(number)
        }
    }
}
