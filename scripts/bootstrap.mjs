import { launch } from './lib/launch.mjs';

launch(() => import('./lib/bootstrap.mjs'));
