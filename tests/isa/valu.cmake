# Every vector ALU instruction against a scalar reference, for each CPU level that the software GPU is built for.
foreach(level ${KILN_SOFTGPU_VARIANTS})
  kiln_test(isa_valu_${level} valu_semantics.c valu_division.c valu_examples.c valu_operands.c f16_format.c valu_reference_convert.c valu_reference_f16.c
    valu_reference_f32.c valu_reference_f64.c valu_reference_integer.c
    "$<FILTER:$<TARGET_OBJECTS:softgpu_core_${level}>,EXCLUDE,/isa/decode|/isa/flow|/isa/print|/interpreter/>" LEVEL ${level} LIBRARIES cmocka m)
  target_compile_options(test_isa_valu_${level} PRIVATE -Wno-psabi)
endforeach()
