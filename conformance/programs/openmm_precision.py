#!/usr/bin/env python3
"""Forces and a trajectory of charged particles with bonds, in OpenMM's OpenCL platform, against its reference platform (double on the CPU).

usage: openmm_precision.py single|mixed|double
"""
import random
import sys

import numpy
import openmm
from openmm import unit

PARTICLES, BOX, STEPS = 600, 3.0, 50  # BOX: nm
FORCE_LIMITS = {"single": 1e-4, "mixed": 1e-4, "double": 2e-5}  # relative; PME is what remains of it in double
POSITION_LIMITS = {"single": 1e-4, "mixed": 1e-4, "double": 1e-6}  # nm, after the steps


def system_make():
    """Pairs of opposite charge on a grid, slightly shifted, so that nothing overlaps."""
    generator = random.Random(7)
    system = openmm.System()
    system.setDefaultPeriodicBoxVectors(*(BOX * numpy.eye(3)))
    forces = openmm.NonbondedForce()
    forces.setNonbondedMethod(openmm.NonbondedForce.PME)
    forces.setCutoffDistance(1.0)
    forces.setEwaldErrorTolerance(1e-6)
    bonds = openmm.HarmonicBondForce()
    positions, side = [], round(PARTICLES ** (1 / 3) + 0.5)
    for i in range(PARTICLES):
        system.addParticle(20.0)
        forces.addParticle(0.3 if i % 2 else -0.3, 0.2, 0.5)
        grid = (i // side // side, i // side % side, i % side)
        positions.append([BOX / side * (c + 0.1 * generator.random()) for c in grid])
        if i % 2:
            bonds.addBond(i - 1, i, 0.3, 1000.0)
            forces.addException(i - 1, i, 0, 0.2, 0)
    system.addForce(forces)
    system.addForce(bonds)
    return system, positions


def run(system, positions, platform, properties):
    integrator = openmm.VerletIntegrator(0.001)
    context = openmm.Context(system, integrator, openmm.Platform.getPlatformByName(platform), properties)
    context.setPositions(positions)
    forces = context.getState(getForces=True).getForces(asNumpy=True)._value
    integrator.step(STEPS)
    return numpy.array(forces), context.getState(getPositions=True).getPositions(asNumpy=True).value_in_unit(unit.nanometer)


def main():
    precision = sys.argv[1]
    system, positions = system_make()
    forces, after = run(system, positions, "OpenCL", {"Precision": precision})
    right_forces, right_after = run(system, positions, "Reference", {})
    force_error = numpy.abs(forces - right_forces).max() / numpy.abs(right_forces).max()
    position_error = numpy.abs(after - right_after).max()
    print(f"{precision}: forces off by {force_error:.2g}, positions after {STEPS} steps by {position_error:.2g} nm")
    right = force_error <= FORCE_LIMITS[precision] and position_error <= POSITION_LIMITS[precision]
    print("PASS" if right else "FAIL")
    return 0 if right else 1


sys.exit(main())
