// OpenMP's offloading: maps, a reduction over the teams, and whether it really was offloaded.
#include <omp.h>
#include <stdio.h>

enum { N = 1 << 20 };
static float x[N], y[N];

int main(void)
{
    float sum = 0;
    int on_host = 1;
    for (int i = 0; i < N; i++) {
        x[i] = 1;
        y[i] = 2;
    }
#pragma omp target teams distribute parallel for map(to : x) map(tofrom : y, sum) map(from : on_host)        \
    reduction(+ : sum)
    for (int i = 0; i < N; i++) {
        y[i] = 3 * x[i] + y[i];
        sum += y[i];
        if (i == 0) on_host = omp_is_initial_device();
    }
    printf("OpenMP: sum %g of %g, on the host: %d\n", sum, 5.0 * N, on_host);
    return sum != 5.f * N || y[N - 1] != 5 || on_host;
}
