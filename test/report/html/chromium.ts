/**
 * A browser for tests of the page: the Chromium that CHROMIUM names, or that lies where Debian puts it. Without one the
 * tests are skipped, and the run says so at its end (test/not-run-reporter.js).
 */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

export const CHROMIUM =
  process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((p) => existsSync(p));

export const launch = (): Promise<Browser> =>
  // A container has no sandbox to offer, and the page is our own file.
  chromium.launch({ executablePath: CHROMIUM as string, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
