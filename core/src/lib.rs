//! The domain that `helm-postrender` and `kubectl-calico` share.
