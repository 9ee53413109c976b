import './documents.css';
import { start } from '../shell/start.tsx';
import { DocumentsPage } from './DocumentsPage.tsx';

await start(DocumentsPage);
