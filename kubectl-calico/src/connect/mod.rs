//! From the kubeconfig and the command line to a server that answers, as kubectl gets there.
