// `--import` this: the permission policy of the file in KRATIX_TS_POLICY takes the place of the one that allows everything.
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const allowsAll = '@backstage/plugin-permission-backend-module-allow-all-policy';
const policy = pathToFileURL(process.env.KRATIX_TS_POLICY).href;

registerHooks({
  resolve: (specifier, context, next) => next(specifier === allowsAll ? policy : specifier, context),
});
