"""A server of the Model Context Protocol: agents make videos and open sessions on a visavis server."""
