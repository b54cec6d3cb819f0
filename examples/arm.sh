#!/bin/sh
# What a robot's arm does when it is stretched out: the determinant of its Jacobian vanishes, and with it the
# ability to move the hand in every direction. Prints the elbow's angle and the determinant.
#   examples/arm.sh
cd "$(dirname "$0")" || exit
for b in pi/2 pi/3 pi/6 pi/60 0; do
    det=$(adcli jacobian -f arm.ad --at a=0,b=$b --det --format value | tail -n 1) || exit
    LC_ALL=C printf '%-6s %.6f\n' "$b" "$det"
done
# The hand's velocity when the elbow turns (J·q̇), and the torques that hold a weight at the hand (Jᵀ·F).
echo velocity: $(adcli jvp -f arm.ad --at a=0,b=pi/6 --tangent b=1 --format value)
echo torques: $(adcli vjp -f arm.ad --at a=0,b=0 --cotangent 0,10 --format value)
