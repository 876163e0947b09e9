package main

import (
	"encoding/json"
	"flag"
	"net"
	"net/http"

	admission "k8s.io/api/admission/v1"
)

// webhooks stands in for calico-webhooks, which checks policies, tiers and pools where Calico's resources are CRDs of
// projectcalico.org, and which is not published as a module. It admits everything.
func webhooks(arguments []string) error {
	flags := flag.NewFlagSet("webhooks", flag.ContinueOnError)
	certificate := flags.String("tls-cert-file", "", "")
	key := flags.String("tls-private-key-file", "", "")
	address := flags.String("bind-address", "", "")
	if len(arguments) > 0 && arguments[0] == "webhook" { // calico's subcommand (operator, pkg/render/webhooks, v1.42.3)
		arguments = arguments[1:]
	}
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	return http.ListenAndServeTLS(net.JoinHostPort(*address, "6443"), *certificate, *key, http.HandlerFunc(admit))
}

func admit(writer http.ResponseWriter, request *http.Request) {
	var review admission.AdmissionReview
	if err := json.NewDecoder(request.Body).Decode(&review); err != nil || review.Request == nil {
		http.Error(writer, "this is no AdmissionReview", http.StatusBadRequest)
		return
	}
	review.Response = &admission.AdmissionResponse{UID: review.Request.UID, Allowed: true}
	review.Request = nil
	writer.Header().Set("Content-Type", "application/json")
	json.NewEncoder(writer).Encode(review)
}
