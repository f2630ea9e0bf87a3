import assert from "node:assert/strict";
import { test } from "node:test";
import { answer } from "../src/answer.ts";

test("health is up", () => {
  assert.deepEqual(answer("GET", "/health"), { status: 200, body: { status: "up" } });
});

test("a page that does not exist is a 404", () => {
  assert.equal(answer("GET", "/nowhere").status, 404);
});
