/** Writes docs/controls.md: `npm run docs`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { controlsPage } from '../test/controls/controls-page';

writeFileSync(join(__dirname, '..', 'docs', 'controls.md'), controlsPage());
