import '../documents/documents.css';
import './portal.css';
import { start } from '../shell/start.tsx';
import { Portal } from './Portal.tsx';

await start(Portal);
