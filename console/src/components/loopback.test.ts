import { expect, test } from "vitest";
import { isLoopback } from "./loopback.ts";

test.each([
  "http://127.0.0.1:8000/watch/ses_1",
  "http://127.1.2.3/",
  "http://localhost:8000/watch/ses_1?share=x",
  "http://visavis.localhost/",
  "http://[::1]:8000/",
  "http://0.0.0.0:8000/",
])("%s leads nowhere on another machine", (address) => {
  expect(isLoopback(address)).toBe(true);
});

test.each([
  "https://avatars.example.com/",
  "http://192.168.1.20:8000/",
  "http://localhost.example.com/",
  "http://[2001:db8::1]/",
])("%s can be opened by others", (address) => {
  expect(isLoopback(address)).toBe(false);
});
