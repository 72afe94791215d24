import assert from "node:assert/strict";
import { test } from "node:test";
import { type Choices, installCommand, launches, probe } from "../src/launch";

const NOTHING: Choices = { path: [], interpreter: "", activeInterpreter: undefined, workspaceFolder: "/src", home: "/home/me" };

test("without settings: the Python extension's interpreter, then the search path", () => {
  const found = launches({ ...NOTHING, activeInterpreter: "/venv/bin/python" });
  assert.deepEqual(
    found.map(({ command, args }) => [command, ...args].join(" ")),
    ["/venv/bin/python -m kerascheck lsp", "kerascheck lsp"],
  );
});

test("a program that the user names is the only one", () => {
  const found = launches({ ...NOTHING, path: ["uv", "run", "kerascheck"], interpreter: "python3", activeInterpreter: "p" });
  assert.deepEqual(found.map(({ command, args }) => [command, ...args]), [["uv", "run", "kerascheck", "lsp"]]);
});

test("an interpreter that the user names is the only one", () => {
  const found = launches({ ...NOTHING, interpreter: "python3", activeInterpreter: "/venv/bin/python" });
  assert.deepEqual(found.map(({ command }) => command), ["python3"]);
});

test("paths may speak of the workspace and of the home", () => {
  const [one] = launches({ ...NOTHING, path: ["${workspaceFolder}/.venv/bin/kerascheck"] });
  assert.equal(one?.command, "/src/.venv/bin/kerascheck");
  const [other] = launches({ ...NOTHING, interpreter: " ~/venv/bin/python " });
  assert.equal(other?.command, "/home/me/venv/bin/python");
});

test("a path is one from the workspace, which the server is not started in; a name is looked for elsewhere", () => {
  const [one] = launches({ ...NOTHING, path: ["./.venv/bin/kerascheck"] });
  assert.equal(one?.command, "/src/.venv/bin/kerascheck");
  const [other] = launches({ ...NOTHING, interpreter: ".venv/bin/python" });
  assert.equal(other?.command, "/src/.venv/bin/python");
  assert.equal(launches({ ...NOTHING, path: ["kerascheck"] })[0]?.command, "kerascheck");
});

test("the probe asks the same program for its version", () => {
  const [one] = launches({ ...NOTHING, interpreter: "python3" });
  assert.deepEqual(one && probe(one), { command: "python3", args: ["-m", "kerascheck", "--version"] });
});

test("the advice names the interpreter that lacks it", () => {
  assert.equal(installCommand(NOTHING), 'python -m pip install "kerascheck[lsp]"');
  const spaced = installCommand({ ...NOTHING, activeInterpreter: "/my venv/bin/python" });
  assert.equal(spaced, '"/my venv/bin/python" -m pip install "kerascheck[lsp]"');
});
