# The semantics as LLVM bitcode, for the translator to inline: softgpu/<level>/semantics.bc, beside libhsakmt.so.1.
# Compiled like the native code, so that both compute the same.
find_program(LLVM_LINK NAMES llvm-link-22 REQUIRED)
file(GLOB semantics_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/valu_*.c ${CMAKE_CURRENT_LIST_DIR}/salu_*.c ${CMAKE_CURRENT_LIST_DIR}/lanes_*.c
  ${CMAKE_CURRENT_LIST_DIR}/memory_*.c ${CMAKE_CURRENT_LIST_DIR}/modifiers.c)

function(softgpu_bitcode level)
  foreach(source ${semantics_sources})
    get_filename_component(name ${source} NAME_WE)
    set(bitcode ${CMAKE_CURRENT_BINARY_DIR}/bitcode/${level}/${name}.bc)
    add_custom_command(OUTPUT ${bitcode}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/bitcode/${level}
      COMMAND ${CMAKE_C_COMPILER} -std=c17 -D_GNU_SOURCE -O2 -fno-math-errno -ffp-contract=off -fvisibility=hidden ${SOFTGPU_COMPILE_OPTIONS}
        -march=${level} -I${CMAKE_SOURCE_DIR} -MD -MF ${bitcode}.d -emit-llvm -c ${source} -o ${bitcode}
      DEPENDS ${source} DEPFILE ${bitcode}.d VERBATIM)
    list(APPEND modules ${bitcode})
  endforeach()
  set(linked ${KILN_PRIVATE_DIR}/softgpu/${level}/semantics.bc)
  add_custom_command(OUTPUT ${linked}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${KILN_PRIVATE_DIR}/softgpu/${level}
    COMMAND ${LLVM_LINK} ${modules} -o ${linked}
    DEPENDS ${modules} VERBATIM)
  add_custom_target(softgpu_bitcode_${level} ALL DEPENDS ${linked})
  install(FILES ${linked} DESTINATION ${KILN_INSTALL_PRIVATE_DIR}/softgpu/${level})
endfunction()
