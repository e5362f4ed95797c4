"""The surface of organizations: `/v1/organizations`, in the manner of the API that it belongs to."""
