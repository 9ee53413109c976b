import './hosts.css';
import { start } from '../shell/start.tsx';
import { Hosts } from './Hosts.tsx';

await start(Hosts);
