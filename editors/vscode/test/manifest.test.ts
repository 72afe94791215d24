import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PLACED } from "../src/answers";

interface Manifest {
  contributes: {
    configuration: { properties: Record<string, { default: unknown; scope?: string }> };
    commands: { command: string }[];
    menus: Record<string, { command: string }[]>;
  };
  capabilities: { untrustedWorkspaces: { supported: boolean } };
}

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const { properties } = manifest.contributes.configuration;
const sources = ["session", "extension"].map((name) => readFileSync(`src/${name}.ts`, "utf8")).join("\n");

test("each setting that the code reads is described, with the default that the code assumes", () => {
  const read = [...sources.matchAll(/settings\.get<[^>]+(?:\[\])?>\("(\w+)", ([^)]+)\)/g)];
  assert.ok(read.length >= 3);
  for (const [, name, fallback] of read) {
    assert.deepEqual(properties[`kerascheck.${name}`]?.default, JSON.parse(fallback ?? ""), name);
  }
});

test("a folder that is not trusted has no server", () => {
  assert.equal(manifest.capabilities.untrustedWorkspaces.supported, false);
});

test("every program is started in the folder of the extension, never in the workspace", () => {
  assert.match(sources, /this\.cwd = context\.extensionPath;/);
  assert.match(sources, /run\(command, args, \{[^}]*cwd: this\.cwd[^}]*\}\)/);
  assert.match(sources, /options = \{ cwd: this\.cwd \};\s+const executable = \{[^}]*\boptions\b/);
  assert.equal([...sources.matchAll(/\b(?:run|execFile|spawn|exec)\(/g)].length, 1);
});

test("settings that name programs belong to a machine", () => {
  for (const name of ["kerascheck.path", "kerascheck.interpreter"]) {
    assert.equal(properties[name]?.scope, "machine-overridable");
  }
});

test("menus and the middleware speak of commands that exist", () => {
  const commands = new Set(manifest.contributes.commands.map(({ command }) => command));
  for (const { command } of Object.values(manifest.contributes.menus).flat()) {
    assert.ok(commands.has(command), command);
  }
  for (const command of PLACED) {
    assert.ok(commands.has(command), command);
  }
});
