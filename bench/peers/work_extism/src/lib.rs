//! The work as a plug-in of Extism: each call takes bytes and gives bytes.

use extism_pdk::{host_fn, plugin_fn, Error, FnResult};
use work::Guard;

#[host_fn]
extern "ExtismHost" {
    fn host_text(text: String) -> String;
}

#[plugin_fn]
pub fn bump(_: ()) -> FnResult<u32> {
    Ok(work::bump())
}

#[plugin_fn]
pub fn add(pair: Vec<u8>) -> FnResult<i32> {
    let (left, right) = pair.split_at_checked(4).ok_or(Error::msg("two numbers of 4 bytes"))?;
    Ok(work::add(number(left)?, number(right)?))
}

#[plugin_fn]
pub fn text(text: String) -> FnResult<String> {
    Ok(work::text(&text))
}

#[plugin_fn]
pub fn blob(data: Vec<u8>) -> FnResult<Vec<u8>> {
    Ok(work::blob(&data))
}

#[plugin_fn]
pub fn doubled(data: Vec<u8>) -> FnResult<Vec<u8>> {
    let values: Vec<f64> = data
        .chunks_exact(8)
        .map(|chunk| f64::from_le_bytes(chunk.try_into().expect("eight bytes")))
        .collect();
    Ok(work::doubled(&values).into_iter().flat_map(f64::to_le_bytes).collect())
}

#[plugin_fn]
pub fn even(number: u32) -> FnResult<u32> {
    Ok(work::even(number).map_err(Error::msg)?)
}

#[plugin_fn]
pub fn boom(_: ()) -> FnResult<()> {
    work::boom();
    Ok(())
}

#[plugin_fn]
pub fn call_host_text(text: String) -> FnResult<String> {
    let _guard = Guard;
    // SAFETY: the host registers a function of this name and type.
    Ok(unsafe { host_text(text)? })
}

fn number(bytes: &[u8]) -> Result<i32, Error> {
    Ok(i32::from_le_bytes(bytes.try_into()?))
}
