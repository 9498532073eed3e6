/**
 * Stands in for the `docker` program that the emulator starts functions with: a container is a folder and a Node
 * process of this machine, listening on the loopback interface as Lambda's runtime interface emulator does.
 *
 * Only what the emulator asks for is here, and only functions for Node are run.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const FOLDER = process.env.BULKHEAD_E2E_CONTAINERS;
const [command, ...args] = process.argv.slice(2);
const at = (id, name) => join(FOLDER, id, name);

switch (command) {
  case '--version':
    console.log('Docker version 0 (a stand-in)');
    break;
  case 'create':
    create(args);
    break;
  case 'cp':
    copy(args);
    break;
  case 'start':
    await start(args[0]);
    break;
  case 'port':
    console.log(`127.0.0.1:${readFileSync(at(args[0], 'port'), 'utf8')}`);
    break;
  case 'logs':
    if (existsSync(at(args.at(-1), 'log'))) process.stdout.write(readFileSync(at(args.at(-1), 'log')));
    break;
  case 'rm':
    remove(args.at(-1));
    break;
  case 'serve':
    await serve(args[0]);
    break;
  default:
    // `info`, `network`, `pull`, `ps`: there is a runtime, it has everything, and nothing is left over from before.
    break;
}

function create(options) {
  const environment = {};
  const plain = [];
  for (let i = 0; i < options.length; i++) {
    const option = options[i];
    if (option === '-e') {
      const [name, ...value] = options[++i].split('=');
      environment[name] = value.length === 0 ? (process.env[name] ?? '') : value.join('=');
    } else if (option.startsWith('-')) i++;
    else plain.push(option);
  }
  const [, handler] = plain;
  const id = randomBytes(16).toString('hex');
  mkdirSync(at(id, 'task'), { recursive: true });
  // Inside a container the host has a name; here the container is the host.
  const text = JSON.stringify({ handler, environment }).replaceAll(/host\.(docker|containers)\.internal/g, '127.0.0.1');
  writeFileSync(at(id, 'container.json'), text);
  console.log(id);
}

function copy([from, to]) {
  const [id, path] = to.split(':');
  if (path === '/var/task') cpSync(from.replace(/\/\.$/, ''), at(id, 'task'), { recursive: true });
}

async function start(id) {
  const { environment } = JSON.parse(readFileSync(at(id, 'container.json'), 'utf8'));
  const log = openSync(at(id, 'log'), 'a');
  const { BULKHEAD_E2E_CONTAINERS, BULKHEAD_E2E_ENDPOINT, BULKHEAD_E2E_MODULES, NODE_EXTRA_CA_CERTS, PATH } =
    process.env;
  const child = spawn(process.execPath, [import.meta.filename, 'serve', id], {
    detached: true,
    stdio: ['ignore', log, log],
    env: {
      PATH,
      BULKHEAD_E2E_CONTAINERS,
      NODE_PATH: BULKHEAD_E2E_MODULES,
      ...(NODE_EXTRA_CA_CERTS && { NODE_EXTRA_CA_CERTS }),
      ...environment,
      ...(BULKHEAD_E2E_ENDPOINT && { AWS_ENDPOINT_URL: BULKHEAD_E2E_ENDPOINT }),
    },
  });
  writeFileSync(at(id, 'pid'), String(child.pid));
  child.unref();
  for (let i = 0; i < 200 && !existsSync(at(id, 'port')); i++) await new Promise((resolve) => setTimeout(resolve, 50));
}

function remove(id) {
  try {
    process.kill(Number(readFileSync(at(id, 'pid'), 'utf8')), 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
  rmSync(join(FOLDER, id), { recursive: true, force: true });
}

/** Answers invocations until it is removed, or for half an hour at most. */
async function serve(id) {
  setTimeout(() => process.exit(0), 30 * 60_000).unref();
  const { handler, task = at(id, 'task') } = JSON.parse(readFileSync(at(id, 'container.json'), 'utf8'));
  const [file, name] = [handler.slice(0, handler.lastIndexOf('.')), handler.slice(handler.lastIndexOf('.') + 1)];
  const load = createRequire(join(task, 'index.js'));
  let run;
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      try {
        run ??= load(join(task, file))[name];
        const event = JSON.parse(Buffer.concat(chunks).toString() || '{}');
        const answer = await run(event, { awsRequestId: randomBytes(8).toString('hex') });
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? null));
      } catch (error) {
        if (error.message !== 'Unauthorized') console.error(error);
        const { message, name: errorType } = error;
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ errorMessage: message, errorType, trace: [] }));
      }
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Written last: whoever waits for the port finds somebody listening.
  writeFileSync(at(id, 'port'), String(server.address().port));
}
