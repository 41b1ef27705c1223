variable "material" {
  type = string
}

resource "aws_kms_external_key" "this" {
  key_material_base64 = var.material
}

output "arn" {
  value = aws_kms_external_key.this.arn
}
