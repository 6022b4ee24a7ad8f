// NLP.js with its own defaults: English, and the intent None below a score of 0.5.
// Speaks the lines that serving.py describes.
'use strict';

const fs = require('fs');
const path = require('path');
const readline = require('readline');
const { NlpManager } = require('node-nlp');

console.log = console.error; // standard output is for replies

let manager;

// autoSave would leave a file in the folder that it is run from.
const made = () => new NlpManager({ languages: ['en'], autoSave: false, autoLoad: false });

async function learn(lesson, kept) {
  const learner = made();
  for (const line of fs.readFileSync(lesson, 'utf8').split('\n').filter(Boolean)) {
    const { text, label } = JSON.parse(line);
    learner.addDocument('en', text, label);
  }
  await learner.train();
  learner.save(path.join(kept, 'model.nlp'), true);
}

async function load(kept) {
  manager = made();
  manager.load(path.join(kept, 'model.nlp'));
}

async function ask(text) {
  const cpu = process.cpuUsage();
  const wall = process.hrtime.bigint();
  const { intent } = await manager.process('en', text);
  const seconds = Number(process.hrtime.bigint() - wall) / 1e9;
  const spent = process.cpuUsage(cpu);
  const label = intent === 'None' ? null : intent;
  return { label, seconds, cpu: (spent.user + spent.system) / 1e6 };
}

async function reply(message) {
  if ('learn' in message) return learn(message.learn, message.kept);
  if ('load' in message) return load(message.load);
  return ask(message.ask);
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const said = (await reply(JSON.parse(line))) || {};
    fs.writeSync(1, `${JSON.stringify(said)}\n`);
  }
}

main().catch((fault) => {
  console.error(fault);
  process.exit(1);
});
