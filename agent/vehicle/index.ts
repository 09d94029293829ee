export { Vehicle, type VehicleLink, type VehicleOptions, type VehicleStatus } from './vehicle.ts';
