import { httpUrl } from './telemetry';

it.each([
  ['collector:4318', true, 'http://collector:4318/v1/traces'],
  ['collector:4318', false, 'https://collector:4318/v1/traces'],
  ['http://collector:4318/own', false, 'http://collector:4318/own'],
])('%s, insecure %s', (endpoint, insecure, url) => expect(httpUrl(endpoint, insecure)).toBe(url));
