import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  devIndicators: false,
  // The development server refuses its own scripts to pages of hosts that it was not told of.
  allowedDevOrigins: ["127.0.0.1"],
};

export default config;
