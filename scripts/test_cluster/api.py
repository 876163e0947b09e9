"""Requests to the cluster's API server."""

import http.client
import json
import ssl


class Refused(RuntimeError):
    """The server's answer to a request that it did not carry out."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class Api:
    """One connection, which is opened again when the server has closed it."""

    def __init__(self, port, certificate, token):
        self._connection = http.client.HTTPSConnection(
            "127.0.0.1", port, timeout=30, context=ssl.create_default_context(cafile=certificate)
        )
        self._token = token

    def get(self, path):
        return self._request("GET", path)

    def create(self, path, body):
        return self._request("POST", path, body)

    def merge(self, path, body):
        return self._request("PATCH", path, body, "application/merge-patch+json")

    def patch(self, path, body):
        return self._request("PATCH", path, body, "application/strategic-merge-patch+json")

    def delete(self, path, options):
        return self._request("DELETE", path, options)

    def _request(self, method, path, body=None, content_type="application/json"):
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": content_type, "User-Agent": "test-cluster"}
        try:
            self._connection.request(method, path, body and json.dumps(body), headers)
            response = self._connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise
        if response.status >= 300:
            raise Refused(response.status, f"{method} {path}: {answer.decode(errors='replace')}")
        return json.loads(answer)


def exists(api, path):
    """Whether the server has this, and serves it already: for some moments after a CRD is made it asks for patience."""
    try:
        api.get(path)
    except Refused as answer:
        if answer.status not in (404, 429):
            raise
        return False
    return True
