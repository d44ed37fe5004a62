//! A test binary without tests.
