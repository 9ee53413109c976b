import type { VNode } from 'preact';
import { ErrorPage } from '../shell/ErrorPage.tsx';
import { start } from '../shell/start.tsx';

const NotFound = (): VNode => <ErrorPage code="page_not_found" />;

await start(NotFound);
