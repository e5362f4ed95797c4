"""What test modules share: servers with their fixtures, and clients that send what no library would."""
