// What hip.py cannot reach without hipcc: kernels that print, shuffles, double, constants and variables of
// the device, graphs, pinned and registered memory, and hipRAND's generators.
#include <cmath>
#include <cstdio>
#include <hip/hip_runtime.h>
#include <hiprand/hiprand.h>
#include <vector>

static int failures;

static void expect(bool good, const char *what)
{
    if (good) return;
    std::printf("wrong: %s\n", what);
    failures++;
}

#define HIP(call) expect((call) == hipSuccess, #call)

enum { N = 1 << 16 };

__device__ int counter;
__constant__ int table[16];

__global__ void increment(int *p, int by) { p[blockIdx.x * blockDim.x + threadIdx.x] += by; }

__global__ void greet() { printf("%s from %d\n", "greetings", (int)threadIdx.x); }

__global__ void shuffle(int *out)
{
    int value = threadIdx.x;
    for (int k = warpSize / 2; k; k >>= 1) value += __shfl_xor(value, k);
    out[threadIdx.x] = value;
}

__global__ void doubles(double *out)
{
    out[threadIdx.x] = sin((double)threadIdx.x) + pow(1.5, (double)threadIdx.x);
}

__global__ void count() { atomicAdd(&counter, table[threadIdx.x & 15]); }

static std::vector<int> read(const int *device)
{
    std::vector<int> values(N);
    HIP(hipMemcpy(values.data(), device, N * sizeof(int), hipMemcpyDeviceToHost));
    return values;
}

static void kernels(int *memory)
{
    greet<<<1, 2>>>();
    shuffle<<<1, 32>>>(memory);
    expect(read(memory)[3] == 31 * 32 / 2, "shuffle");

    double *device, values[64];
    HIP(hipMalloc(&device, sizeof values));
    doubles<<<1, 64>>>(device);
    HIP(hipMemcpy(values, device, sizeof values, hipMemcpyDeviceToHost));
    for (int i = 0; i < 64; i++)
        expect(std::fabs(values[i] / (std::sin(i) + std::pow(1.5, i)) - 1) < 1e-14, "double");

    int squares[16], sum;
    for (int i = 0; i < 16; i++) squares[i] = i * i;
    HIP(hipMemcpyToSymbol(HIP_SYMBOL(table), squares, sizeof squares));
    count<<<1, 64>>>();
    HIP(hipMemcpyFromSymbol(&sum, HIP_SYMBOL(counter), sizeof sum));
    expect(sum == 4 * 1240, "variables of the device");
}

static void graph(int *memory)
{
    hipStream_t stream;
    hipGraph_t recorded;
    hipGraphExec_t graph;
    HIP(hipStreamCreate(&stream));
    HIP(hipMemset(memory, 0, N * sizeof(int)));
    HIP(hipDeviceSynchronize());
    HIP(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
    increment<<<N / 256, 256, 0, stream>>>(memory, 2);
    increment<<<N / 256, 256, 0, stream>>>(memory, 3);
    HIP(hipStreamEndCapture(stream, &recorded));
    HIP(hipGraphInstantiate(&graph, recorded, nullptr, nullptr, 0));
    for (int i = 0; i < 4; i++) HIP(hipGraphLaunch(graph, stream));
    HIP(hipStreamSynchronize(stream));
    expect(read(memory)[N - 1] == 20, "graph");
}

static void host_memory(int *memory)
{
    int *pinned, *device;
    HIP(hipHostMalloc(&pinned, N * sizeof(int), 0));
    pinned[9] = 5;
    increment<<<N / 256, 256>>>(pinned, 1);
    HIP(hipDeviceSynchronize());
    expect(pinned[9] == 6, "pinned memory");

    std::vector<int> values(N, 4);
    HIP(hipHostRegister(values.data(), N * sizeof(int), 0));
    HIP(hipHostGetDevicePointer((void **)&device, values.data(), 0));
    increment<<<N / 256, 256>>>(device, 1);
    HIP(hipDeviceSynchronize());
    expect(values[N - 1] == 5, "registered memory");

    HIP(hipMemset(memory, 1, N * sizeof(int)));
    HIP(hipMemcpy2D(memory, 1024, device, 1024, 512, 64, hipMemcpyDeviceToDevice));
    std::vector<int> copied = read(memory);
    expect(copied[127] == 5 && copied[128] == 0x01010101 && copied[256] == 5, "rectangles");
}

static void random_numbers()
{
    static const hiprandRngType types[] = {HIPRAND_RNG_PSEUDO_XORWOW, HIPRAND_RNG_PSEUDO_MRG32K3A,
                                           HIPRAND_RNG_PSEUDO_PHILOX4_32_10, HIPRAND_RNG_PSEUDO_MTGP32,
                                           HIPRAND_RNG_QUASI_SOBOL32};
    hiprandGenerator_t generator;
    float *device;
    std::vector<float> values(N);
    HIP(hipMalloc(&device, N * sizeof(float)));
    for (hiprandRngType type : types) {
        double sum = 0, squares = 0;
        expect(hiprandCreateGenerator(&generator, type) == 0, "generator");
        expect(hiprandGenerateUniform(generator, device, N) == 0, "uniform");
        HIP(hipMemcpy(values.data(), device, N * sizeof(float), hipMemcpyDeviceToHost));
        for (float v : values) sum += v;
        expect(hiprandGenerateNormal(generator, device, N, 0, 1) == 0, "normal");
        HIP(hipMemcpy(values.data(), device, N * sizeof(float), hipMemcpyDeviceToHost));
        for (float v : values) squares += v * v;
        std::printf("generator %d: mean %g, variance %g\n", type, sum / N, squares / N);
        expect(std::fabs(sum / N - 0.5) < 0.01 && std::fabs(squares / N - 1) < 0.03, "distribution");
        hiprandDestroyGenerator(generator);
    }

    // Random123's known answer for philox4x32-10 of counter 0 and key 0.
    static const unsigned known[] = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
    unsigned numbers[4];
    expect(hiprandCreateGenerator(&generator, HIPRAND_RNG_PSEUDO_PHILOX4_32_10) == 0, "philox");
    hiprandSetPseudoRandomGeneratorSeed(generator, 0);
    expect(hiprandGenerate(generator, (unsigned *)device, 4) == 0, "philox");
    HIP(hipMemcpy(numbers, device, sizeof numbers, hipMemcpyDeviceToHost));
    for (int i = 0; i < 4; i++) expect(numbers[i] == known[i], "philox's known answer");
}

int main()
{
    int *memory;
    HIP(hipMalloc(&memory, N * sizeof(int)));
    kernels(memory);
    graph(memory);
    host_memory(memory);
    random_numbers();
    std::printf("HIP: %d failures\n", failures);
    return failures != 0;
}
