// What Go's readers make of streams: those of kubectl and Helm 3, of Helm 4, and of Helm's own splitter.
//
// Standard input is a sequence of streams, each with its length before it, as four bytes, the highest first. For each,
// a line of JSON goes to standard output, with what every reader reads by its name: the objects in their order, or null
// if it reports an error.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"os"
	"sort"

	"helm.sh/helm/v3/pkg/releaseutil"
	"k8s.io/apimachinery/pkg/runtime"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/yaml"
)

type reader func(stream []byte) ([]json.RawMessage, error)

var readers = map[string]reader{
	"apimachinery":   readByApimachinery,
	"kyaml":          readByKyaml,
	"SplitManifests": readBySplitManifests,
}

func main() {
	input := bufio.NewReader(os.Stdin)
	output := bufio.NewWriter(os.Stdout)
	defer output.Flush()
	encoder := json.NewEncoder(output)
	for {
		var length uint32
		if err := binary.Read(input, binary.BigEndian, &length); err == io.EOF {
			return
		} else if err != nil {
			panic(err)
		}
		stream := make([]byte, length)
		if _, err := io.ReadFull(input, stream); err != nil {
			panic(err)
		}
		read := map[string][]json.RawMessage{}
		for name, reader := range readers {
			read[name] = objects(reader, stream)
		}
		if err := encoder.Encode(read); err != nil {
			panic(err)
		}
	}
}

// objects is what a reader reads, or nil if it reports an error or panics.
func objects(read reader, stream []byte) (objects []json.RawMessage) {
	defer func() {
		if recover() != nil {
			objects = nil
		}
	}()
	objects, err := read(stream)
	if err != nil {
		return nil
	}
	if objects == nil {
		return []json.RawMessage{}
	}
	return objects
}

// readByApimachinery reads as kubectl and Helm 3 do: k8s.io/cli-runtime, pkg/resource/visitor.go, StreamVisitor.
func readByApimachinery(stream []byte) ([]json.RawMessage, error) {
	var objects []json.RawMessage
	decoder := utilyaml.NewYAMLOrJSONDecoder(bytes.NewReader(stream), 4096)
	for {
		var object runtime.RawExtension
		if err := decoder.Decode(&object); errors.Is(err, io.EOF) {
			return objects, nil
		} else if err != nil {
			return nil, err
		}
		raw := bytes.TrimSpace(object.Raw)
		if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
			continue
		}
		objects = append(objects, raw)
	}
}

// readByKyaml reads as Helm 4 does after a post-renderer.
func readByKyaml(stream []byte) ([]json.RawMessage, error) {
	nodes, err := kio.ParseAll(string(stream))
	if err != nil {
		return nil, err
	}
	var objects []json.RawMessage
	for _, node := range nodes {
		text, err := node.String()
		if err != nil {
			return nil, err
		}
		object, err := yaml.YAMLToJSON([]byte(text))
		if err != nil {
			return nil, err
		}
		objects = append(objects, object)
	}
	return objects, nil
}

// readBySplitManifests reads what Helm 3 cuts into manifests.
func readBySplitManifests(stream []byte) ([]json.RawMessage, error) {
	manifests := releaseutil.SplitManifests(string(stream))
	var names []string
	for name := range manifests {
		names = append(names, name)
	}
	sort.Sort(releaseutil.BySplitManifestsOrder(names))
	var objects []json.RawMessage
	for _, name := range names {
		object, err := yaml.YAMLToJSON([]byte(manifests[name]))
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(object, []byte("null")) {
			objects = append(objects, object)
		}
	}
	return objects, nil
}
