package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
)

// podNetwork is the way from kube-apiserver to the pods, which have no network here: an HTTP CONNECT proxy on a socket
// in the file system, as an egress selector names it. The process that runs for a pod with the address A.B.C.D listens on
// 127.B.C.D, so that two pods may listen on the same port. A pod for which no process runs refuses the connection.
func podNetwork(socket string) error {
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		go relay(connection)
	}
}

func relay(caller net.Conn) {
	defer caller.Close()
	reader := bufio.NewReader(caller)
	request, err := http.ReadRequest(reader)
	if err != nil {
		return
	}
	pod, err := net.Dial("tcp", loopbackOf(request.Host))
	if err != nil {
		io.WriteString(caller, "HTTP/1.1 502 Bad Gateway\r\n\r\n")
		return
	}
	defer pod.Close()
	io.WriteString(caller, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() {
		io.Copy(pod, reader)
		pod.Close()
	}()
	io.Copy(caller, pod)
}

// loopbackOf returns the loopback address and port at which the process of the pod with this address listens. An address
// that is no IPv4 address comes back as it is, and cannot be dialed.
func loopbackOf(pod string) string {
	host, port, _ := net.SplitHostPort(pod)
	address := net.ParseIP(host).To4()
	if address == nil {
		return pod
	}
	return net.JoinHostPort(net.IPv4(127, address[1], address[2], address[3]).String(), port)
}
