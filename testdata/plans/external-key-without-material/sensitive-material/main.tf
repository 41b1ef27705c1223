provider "aws" {
  region = "eu-west-1"
}

variable "material" {
  type      = string
  sensitive = true
}

resource "aws_kms_external_key" "app" {
  key_material_base64 = var.material
}
