import './report.css';
import { start } from '../shell/start.tsx';
import { ReportPage } from './ReportPage.tsx';

await start(ReportPage);
