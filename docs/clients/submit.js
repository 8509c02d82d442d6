// node submit.js ENDPOINT < reviews.ndjson - sends records, prints their answers
// (docs/INTAKE.md). Needs the npm package zeromq, version 6.
const { readFileSync } = require("fs");
const { Dealer } = require("zeromq");

async function main() {
  const socket = new Dealer({ linger: 0, receiveTimeout: 5000 });
  socket.connect(process.argv[2]);
  const lines = readFileSync(0, "utf8").split("\n").filter((line) => line.trim());
  for (let at = 0; at < lines.length; at += 100) {
    let id, answers;
    while (String(id) !== String(at)) {
      await socket.send([String(at), lines.slice(at, at + 100).join("\n")]);
      // Silence: send again. Records have ids, so nothing comes twice.
      [id, answers] = await socket.receive().catch(() => [null, null]);
    }
    process.stdout.write(answers.toString());
  }
  socket.close();
}
main();
