provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

variable "material" {
  type      = string
  sensitive = true
}

resource "aws_kms_external_key" "app" {
  multi_region        = true
  key_material_base64 = var.material
}

resource "aws_kms_replica_external_key" "app" {
  provider            = aws.frankfurt
  primary_key_arn     = aws_kms_external_key.app.arn
  key_material_base64 = var.material
}
