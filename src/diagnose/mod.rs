//! What is wrong with a sample: one small function a check.
