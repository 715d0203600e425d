//! Broadcast kernels: one pass over the result, operands repeated along axes they do not have.
