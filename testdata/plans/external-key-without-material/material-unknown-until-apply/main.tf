provider "aws" {
  region = "eu-west-1"
}

resource "terraform_data" "material" {
  input = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
}

resource "aws_kms_external_key" "app" {
  key_material_base64 = terraform_data.material.output
}
