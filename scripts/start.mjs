import { launch } from './lib/launch.mjs';

launch(() => import('./lib/start.mjs'));
