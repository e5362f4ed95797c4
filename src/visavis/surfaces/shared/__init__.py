"""What every surface needs: uploads, downloads, headers."""
