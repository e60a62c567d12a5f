import '@testing-library/jest-dom';
import { configure } from '@testing-library/react';

// Pages load their parts when they are first shown; on a busy machine that takes longer than the second that is usual.
configure({ asyncUtilTimeout: 15_000 });
jest.setTimeout(60_000);
